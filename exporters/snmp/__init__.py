"""What snmp_exporter's modules say of a device. module, book and logins read its file; gather asks the device; index,
strings, moments, hint and pattern are its language for values; scene and render make series; scrape is one request."""
