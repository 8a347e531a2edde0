"""The question types, one file a family; `derive.questions.catalogue` finds them."""
