"""Photos and short videos: without what they tell beside the picture, kept by their content, shown to those who may see them."""
