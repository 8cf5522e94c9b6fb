"""Step 3: supplier profiles, likelihood of weaponisation, tolerance thresholds and breaches."""
