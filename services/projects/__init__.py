"""Projects: from the weekly meeting through three gates to a result that its neighbours judge (三方联动 · 三关监督)."""
