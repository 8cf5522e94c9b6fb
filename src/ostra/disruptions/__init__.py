"""What can be asked of method 5, as listings: scenarios simulated day by day, compared, and static embargoes."""
