"""The outside world behind the ports: DynamoDB, SES."""
