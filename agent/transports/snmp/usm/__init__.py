"""The user-based security model (RFC 3414). Each file is a part of it: keys, authentication, privacy, engine (its boots
and time keep old messages out), reports, and procedure, which joins them. Imported only where version 3 is used."""
