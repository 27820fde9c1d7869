"""What the API takes and answers, one noun per module. Times have an offset, ids are UUIDs."""
