"""What every HTTP address of the API shares: who asks, what is read, how it is answered."""
