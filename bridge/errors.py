"""The one family of errors. A class has a stable code; every message says what is wrong and what to do."""

from typing import ClassVar


class VivavoceError(Exception):
    """Base of every error that a user can meet. `code` names the class across processes, `exit_code` to a shell."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1


class InvalidInput(VivavoceError):
    """What the caller gave cannot be used; the message says which part and how to mend it."""

    code = "invalid_input"
    exit_code = 2


class ModelMissing(VivavoceError):
    """A model or package that the work needs is not on this machine; the message says where it is looked for."""

    code = "model_missing"
    exit_code = 3


class WorkerLost(VivavoceError):
    """A process that did the work ended before it answered; the message carries its last words."""

    code = "worker_lost"
    exit_code = 4


class Cancelled(VivavoceError):
    """The user stopped the work; nothing was written."""

    code = "cancelled"
    exit_code = 130


ERROR_CLASSES: dict[str, type[VivavoceError]] = {
    error_class.code: error_class for error_class in (VivavoceError, InvalidInput, ModelMissing, WorkerLost, Cancelled)
}
