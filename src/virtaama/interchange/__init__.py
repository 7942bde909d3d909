"""What the county tells others, in their forms: its model, its code lists, its figures; and what they tell it."""
