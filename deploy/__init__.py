"""What runs the system: processes on one machine, containers, a cluster."""
