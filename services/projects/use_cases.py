"""What the projects service does, a module for each of the five steps; the tables here are its contents."""

from services.projects.carrying_out import CARRY_OUT
from services.projects.deciding import DECIDE
from services.projects.discussing import DISCUSS
from services.projects.learning import LEARN
from services.projects.raising import RAISE
from services.work import Does, Reacts

DOES: Does = {
    **RAISE,
    **DISCUSS,
    **DECIDE,
    **CARRY_OUT,
}

REACTS: Reacts = LEARN
