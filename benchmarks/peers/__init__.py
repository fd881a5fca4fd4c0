"""The same work done with other libraries: indexing, asking cold, asking warm."""
