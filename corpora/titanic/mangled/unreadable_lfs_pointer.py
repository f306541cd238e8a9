# what: the repository keeps notebooks in Git LFS, and only the pointer came (https://github.com/deep-floyd/IF/issues/29)
# unreadable: a Git LFS pointer


def mangle(notebook):
    return b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"4d" * 32 + b"\nsize 91034\n"
