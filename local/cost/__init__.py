"""What a job costs on AWS: a dated price table, and the sum over counted units. Pure; the counting is done in tests."""
