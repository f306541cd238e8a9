"""Makes functions within torch's libraries refuse, whoever calls them and from whatever thread.

A notebook can keep Python functions under other names, restore a thread's settings, and fetch the dispatcher's kernels
before they are replaced. All these ways end in the same machine functions. So their first bytes become a jump to a few
instructions that throw an exception with a sentence; the memory is private to this process.

The judge writes the jumps, from outside (memory.py). Before the first line of a notebook runs, the kernel is told to
refuse every change that the process itself would make there (Linux 6.10 or later). If the kernel does not let the judge
write, the process itself does.
"""

from __future__ import annotations

import bisect
import ctypes
import itertools
import mmap
import os
import platform
import re
import struct
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, NamedTuple

from autograder.sandbox import hardening

_mprotect = ctypes.CDLL(None, use_errno=True).mprotect
_mprotect.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
_WRITABLE, _EXECUTABLE = mmap.PROT_READ | mmap.PROT_WRITE, mmap.PROT_READ | mmap.PROT_EXEC

_kept_alive: list[Any] = []
_code_pages: list[mmap.mmap] = []


class Trap(NamedTuple):
    """A machine function, by its address, and the address of the code that refuses in its place."""

    function: int
    refusal: int

    @property
    def jump(self) -> bytes:
        """The function's first bytes if it refuses."""
        return _jump(self.refusal)


class Library(NamedTuple):
    """A shared library in memory."""

    path: Path
    text: list[tuple[int, int]]
    """The areas of its code in memory, each with begin and end."""


def libraries(folder: Path) -> dict[str, Library]:
    """The shared libraries of a folder that are in memory, by name, with their code."""
    areas: dict[str, list[tuple[int, int]]] = {}
    for line in Path("/proc/self/maps").read_text().splitlines():
        parts = line.split(maxsplit=5)
        if len(parts) == 6 and "x" in parts[1] and Path(parts[5]).parent == folder.resolve():
            begin, end = (int(number, 16) for number in parts[0].split("-"))
            areas.setdefault(Path(parts[5]).name, []).append((begin, end))
    return {name: Library(folder / name, text) for name, text in areas.items()}


def functions(library: Library, pattern: bytes) -> dict[str, int]:
    """The exported functions of a library whose (mangled) names begin with the pattern, and their addresses."""
    handle = ctypes.CDLL(str(library.path))
    found = {}
    names = _names_of(library.path)
    for match in re.finditer(pattern + rb"[^\0]*", names):
        if names[match.start() - 1] != 0:
            continue
        name = match[0].decode()
        try:
            address = ctypes.cast(getattr(handle, name), ctypes.c_void_p).value or 0
        except AttributeError:  # a name that the library only imports
            continue
        if any(begin <= address < end for begin, end in library.text):  # otherwise it is a variable
            found[name] = address
    return found


METHOD_FUNCTION = 8
"""Offset of ml_meth in PyMethodDef."""


def method(table: int) -> int:
    """The machine function behind a function of a C extension, by the address of its PyMethodDef."""
    return ctypes.c_void_p.from_address(table + METHOD_FUNCTION).value or 0


_CALL_SLOT = 128  # offset of tp_call in PyTypeObject


def call_slot(kind: type) -> int:
    """The machine function behind calling an object of this type."""
    return ctypes.c_void_p.from_address(id(kind) + _CALL_SLOT).value or 0


def plain_name(mangled: str) -> str:
    """The plain name: `conv2d` for at::native::conv2d_symint(at::Tensor const&, …)."""
    parts, rest = [], mangled.removeprefix("_ZN").removeprefix("K")
    while length := re.match(r"\d+", rest):
        end = length.end() + int(length[0])
        parts.append(rest[length.end() : end])
        rest = rest[end:]
    name = next((part for part in reversed(parts) if part not in ("impl", "call", "redispatch")), mangled)
    return re.sub(r"^structured_|(_symint|_out|_cpu|_impl)+$", "", name)


_SECTION = struct.Struct("<IIQQQQIIQQ")
_DYNAMIC_SYMBOLS = 11


def _names_of(path: Path) -> bytes:
    """The table of names in a shared library (64-bit ELF): all that it exports or imports, separated by zeros."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ) as content:
        (table,) = struct.unpack_from("<Q", content, 0x28)
        (count,) = struct.unpack_from("<H", content, 0x3C)
        sections = [_SECTION.unpack_from(content, table + i * _SECTION.size) for i in range(count)]
        (strings,) = {section[6] for section in sections if section[1] == _DYNAMIC_SYMBOLS}
        begin, size = sections[strings][4:6]
        return content[begin : begin + size]


# ---- refusing


def refuse(traps: Iterable[Trap]) -> None:
    """From now on, these functions of this process refuse. Raises OSError."""
    size = len(_jump(0))
    pages = itertools.groupby(sorted(traps), key=lambda trap: trap.function & ~(mmap.PAGESIZE - 1))
    for _, inside in pages:
        inside = list(inside)
        area = inside[0].function, inside[-1].function + size - inside[0].function
        _protect(*area, _WRITABLE)
        for trap in inside:
            ctypes.memmove(trap.function, trap.jump, size)
        _protect(*area, _EXECUTABLE)


def areas(traps: Collection[Trap]) -> list[tuple[int, int]]:
    """The areas in memory of the code that the traps change and of the code that refuses, each with begin and end."""
    addresses = sorted({address for trap in traps for address in trap})
    found = []
    for line in Path("/proc/self/maps").read_text().splitlines():
        begin, end = (int(number, 16) for number in line.split(maxsplit=1)[0].split("-"))
        next_one = bisect.bisect_left(addresses, begin)
        if next_one < len(addresses) and addresses[next_one] < end:
            found.append((begin, end))
    return found


def seal(areas: Iterable[tuple[int, int]]) -> None:
    """Stops system calls of this process from changing this code, if the kernel supports it."""
    _kept_alive.extend(_code_pages)  # later refusals need new pages
    _code_pages.clear()
    for begin, end in areas:
        hardening.seal_memory(begin, end - begin)


def make_writable(address: int, size: int) -> None:
    """Makes data writable that a library keeps constant. Raises OSError."""
    _protect(address, size, _WRITABLE)


def _protect(address: int, size: int, protection: int) -> None:
    """Sets the protection of exactly the pages with these bytes: after a library's last page there may be nothing."""
    begin = address & ~(mmap.PAGESIZE - 1)
    end = -(-(address + size) // mmap.PAGESIZE) * mmap.PAGESIZE
    if _mprotect(begin, end - begin, protection) != 0:
        why = os.strerror(ctypes.get_errno())
        raise OSError(f"the protection of a library's memory cannot be changed: {why}")


def _jump(address: int) -> bytes:
    if platform.machine() == "x86_64":
        return struct.pack("<2sQ2s", b"\x48\xb8", address, b"\xff\xe0")  # mov rax, address; jmp rax
    return struct.pack("<2IQ", 0x58000050, 0xD61F0200, address)  # ldr x16, address; br x16


def python_refusal(message: str) -> int:
    """The address of a C function that does `PyErr_SetString(PyExc_RuntimeError, message); return NULL;`."""
    text = _text(message)
    set_error = ctypes.cast(ctypes.pythonapi.PyErr_SetString, ctypes.c_void_p).value or 0
    operands = (id(RuntimeError), text, set_error)
    if platform.machine() == "x86_64":
        return place(
            struct.pack(
                "<4s 2sQ 2sQ 2sQ 4s 2s 4s 2s s",
                b"\xf3\x0f\x1e\xfa",  # endbr64
                b"\x48\xbf",
                operands[0],  # mov rdi, exception
                b"\x48\xbe",
                operands[1],  # mov rsi, message
                b"\x48\xb8",
                operands[2],  # mov rax, PyErr_SetString
                b"\x48\x83\xec\x08",  # sub rsp, 8
                b"\xff\xd0",  # call rax
                b"\x48\x83\xc4\x08",  # add rsp, 8
                b"\x31\xc0",  # xor eax, eax
                b"\xc3",  # ret
            )  # fmt: skip
        )
    return place(
        struct.pack(
            "<10I3Q",
            0xD503245F,  # bti c
            0xA9BF7BFD,  # stp x29, x30, [sp, #-16]!
            0x58000000 | 8 << 5 | 0,  # ldr x0, exception (8 instructions ahead)
            0x58000000 | 9 << 5 | 1,  # ldr x1, message
            0x58000000 | 10 << 5 | 16,  # ldr x16, PyErr_SetString
            0xD63F0200,  # blr x16
            0xD2800000,  # mov x0, #0
            0xA8C17BFD,  # ldp x29, x30, [sp], #16
            0xD65F03C0,  # ret
            0xD503201F,  # nop, so that the data is aligned
            *operands,
        )
    )


def torch_refusal(message: str, check_fail: int) -> int:
    """The address of code that throws torch's own exception (in Python, a RuntimeError) as if its caller had done so.

    Args:
        check_fail: the address of c10::detail::torchCheckFail(function, file, line, message).
    """
    text, nowhere = _text(message), _text("autograder")
    if platform.machine() == "x86_64":
        return place(
            struct.pack(
                "<4s 2sQ 2sQ 2s 2sQ 2sQ 2s",
                b"\xf3\x0f\x1e\xfa",  # endbr64
                b"\x48\xbf",
                nowhere,  # mov rdi, function
                b"\x48\xbe",
                nowhere,  # mov rsi, file
                b"\x31\xd2",  # xor edx, edx
                b"\x48\xb9",
                text,  # mov rcx, message
                b"\x48\xb8",
                check_fail,  # mov rax, torchCheckFail
                b"\xff\xe0",  # jmp rax: the stack must look as the caller left it
            )  # fmt: skip
        )
    return place(
        struct.pack(
            "<8I3Q",
            0xD503245F,  # bti c
            0x58000000 | 7 << 5 | 0,  # ldr x0, function (7 instructions ahead)
            0x58000000 | 6 << 5 | 1,  # ldr x1, file (the same)
            0x52800002,  # mov w2, #0
            0x58000000 | 6 << 5 | 3,  # ldr x3, message
            0x58000000 | 7 << 5 | 16,  # ldr x16, torchCheckFail
            0xD61F0200,  # br x16
            0xD503201F,  # nop, so that the data is aligned
            nowhere,
            text,
            check_fail,
        )
    )


def _text(message: str) -> int:
    text = ctypes.create_string_buffer(message.encode())
    _kept_alive.append(text)
    return ctypes.addressof(text)


def place(code: bytes) -> int:
    """Copy machine code into executable memory, which can no longer be written once it is full or in use."""
    size = -(-len(code) // 16) * 16
    if not _code_pages or _code_pages[-1].tell() + size > mmap.PAGESIZE:
        _code_pages.append(mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS))
    memory = _code_pages[-1]
    start = ctypes.addressof(ctypes.c_char.from_buffer(memory))
    address = start + memory.tell()
    _protect(start, mmap.PAGESIZE, _WRITABLE)
    memory.write(code.ljust(size, b"\0"))
    _protect(start, mmap.PAGESIZE, _EXECUTABLE)
    return address
