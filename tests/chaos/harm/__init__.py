"""What does harm, and what is harmed: processes, disks, clocks, lines and services, with the load on them."""
