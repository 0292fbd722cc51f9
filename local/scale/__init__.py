"""What a backlog costs: counted on the emulator's table, simulated, and computed against AWS's quotas."""
