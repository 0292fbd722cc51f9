"""What we keep, and AWS behind it: the table, the bucket, the secrets, the executions."""
