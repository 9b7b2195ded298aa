"""Issues: what residents report, from the report to the confirmed settlement."""
