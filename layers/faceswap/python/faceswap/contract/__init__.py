"""What clients send and read. The published OpenAPI is made from these models."""
