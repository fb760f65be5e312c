"""What happened: trigger words, what is known of each, which tell one happening, and a judge over all."""
