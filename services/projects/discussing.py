"""What is discussed before the owners decide (议): alternatives, and the jury that judges one of them."""

from services.ids import new_id
from services.projects import design
from services.projects.contract import (
    DiscussAgain,
    JudgeDesign,
    PassDesignGate,
    ProjectState,
    ProposeAlternative,
    RequestJury,
)
from services.projects.model import Project
from services.work import Does, Work


def propose_alternative(work: Work, command: ProposeAlternative) -> ProjectState:
    """Propose a plan."""
    project = work.load(Project, command.project_id)
    work.record(design.propose(project, command, work.actor, work.held, work.moment))
    return project.state()


def request_jury(work: Work, command: RequestJury) -> ProjectState:
    """Have a jury drawn; the experts service answers with the draw."""
    project = work.load(Project, command.project_id)
    work.record(design.request_jury(project, command.alternative, new_id(), work.actor, work.held, work.moment))
    return project.state()


def judge_design(work: Work, command: JudgeDesign) -> ProjectState:
    """Judge as a juror."""
    project = work.load(Project, command.project_id)
    work.record(design.judge(project, command, work.actor, work.held, work.moment))
    return project.state()


def pass_design_gate(work: Work, command: PassDesignGate) -> ProjectState:
    """Take the design through its gate."""
    project = work.load(Project, command.project_id)
    work.record(design.pass_gate(project, work.actor, work.held, work.moment))
    return project.state()


def discuss_again(work: Work, command: DiscussAgain) -> ProjectState:
    """Go back to the alternatives."""
    project = work.load(Project, command.project_id)
    work.record(design.discuss_again(project, work.actor, work.held, work.moment))
    return project.state()


DISCUSS: Does = {
    ProposeAlternative: propose_alternative,
    RequestJury: request_jury,
    JudgeDesign: judge_design,
    PassDesignGate: pass_design_gate,
    DiscussAgain: discuss_again,
}
