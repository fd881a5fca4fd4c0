"""What a corpus promises, tried hard: concurrent writers and readers, long histories."""
