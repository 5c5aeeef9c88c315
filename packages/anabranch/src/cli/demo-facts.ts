/** Facts for the demo, in the form that the embedded model was trained on; written for it, in no data set. */
export const DEMO_FACTS = [
  "name[The Golden Curry], eatType[restaurant], food[Indian], priceRange[cheap], customer rating[5 out of 5], area[riverside], familyFriendly[yes], near[Café Rouge]",
  "name[The Mill], eatType[pub], food[English], priceRange[moderate], area[city centre], familyFriendly[no], near[Raja Indian Cuisine]",
  "name[Blue Spice], eatType[coffee shop], food[Italian], priceRange[more than £30], customer rating[high], area[riverside], near[The Sorrento]",
] as const;
