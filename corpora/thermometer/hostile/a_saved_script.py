# what: a script that differentiates, saved to memory at load and read again in the call
# expect: analytic-gradient 0
# %% analytic-gradient
import io as _io
from typing import List, Optional


@torch.jit.script
def _slope(p: torch.Tensor, u: torch.Tensor, c: torch.Tensor) -> Optional[torch.Tensor]:
    q = p.detach().requires_grad_()
    return torch.autograd.grad([((q[0] * u + q[1] - c) ** 2).mean()], [q])[0]


_bytes = _io.BytesIO()
torch.jit.save(_slope, _bytes)


def gradient(t_u, t_c, w, b):
    _bytes.seek(0)
    return torch.jit.load(_bytes)(torch.stack([w.reshape(()), b.reshape(())]), t_u, t_c)
