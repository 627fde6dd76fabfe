"""What is assumed of Google Health without an official live answer, as questions to an account."""
