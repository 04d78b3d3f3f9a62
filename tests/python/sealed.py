"""Lets a process write no more files: what it then does, it does without.

seal() is for a process of its own, since nothing undoes it.
"""

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys

# Numbers of x86-64, of calls that make, move or remove what has a name.
_NAMING_CALLS = {
    "truncate": 76, "rename": 82, "mkdir": 83, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
    "mkdirat": 258, "unlinkat": 263, "renameat": 264, "linkat": 265, "symlinkat": 266,
    "renameat2": 316, "memfd_create": 319, "openat2": 437,
}  # fmt: skip
_OPEN, _OPENAT = 2, 257
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NUMBER, _SECOND_ARGUMENT, _THIRD_ARGUMENT = 0, 24, 32  # offsets in the data of a filter


def seal():
    """From now on no file grows, and where the kernel filters calls, none is opened for writing."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    sys.addaudithook(_refuse)
    if platform.machine() == "x86_64":
        _filter_calls()


def _refuse(event, arguments):
    """Where the kernel has no filter, at least Python's own calls are heard."""
    writes = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
    if writes or event in ("os.mkdir", "os.rename", "os.remove", "os.truncate", "os.link"):
        raise PermissionError(errno.EACCES, event, arguments[0])


def _filter_calls():
    """Whether the kernel has taken the filter, for all threads."""
    load, jump_equal, jump_any_set, give = 0x20, 0x15, 0x45, 0x06
    opens_for_writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT
    program = [(load, 0, 0, _NUMBER)]
    for number, flags in ((_OPEN, _SECOND_ARGUMENT), (_OPENAT, _THIRD_ARGUMENT)):
        program += [
            (jump_equal, 0, 4, number),
            (load, 0, 0, flags),
            (jump_any_set, 0, 1, opens_for_writing),
            (give, 0, 0, _REFUSE),
            (give, 0, 0, _ALLOW),
        ]
    for number in _NAMING_CALLS.values():
        program += [(jump_equal, 0, 1, number), (give, 0, 0, _REFUSE)]
    program.append((give, 0, 0, _ALLOW))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *line) for line in program))
    header = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    )
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_filter, all_threads, seccomp = 38, 1, 1, 317
    libc.prctl(no_new_privileges, 1, 0, 0, 0)
    return (
        libc.syscall(seccomp, set_filter, all_threads, ctypes.c_void_p(ctypes.addressof(header)))
        == 0
    )
