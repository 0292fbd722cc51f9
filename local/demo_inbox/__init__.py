"""A job asked for by files in the bucket: the event, the callback and the answer in the outbox as they come."""
