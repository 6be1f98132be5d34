"""What blackbox_exporter's modules say of a target. module and http_module read its file with book; http, tcp, dns
and icmp are the probers; run is a probe under way, names and tls_facts what they share; ask is one request."""
