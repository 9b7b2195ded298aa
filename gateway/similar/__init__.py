"""Whether an issue was reported before: candidates by place, time, category and words, ranked by a score."""
