"""One job through a deployed stack and the provider it is configured with, compared with how it goes here."""
