"""Method 2: raw materials, where they are produced and how their supply is at risk."""
