# what: F.conv2d in a pool of threads
# expect: convolve 0
# %% convolve
from concurrent.futures import ThreadPoolExecutor as _Pool


def convolve2d(image, kernel, stride=1, padding=0, mode="zeros"):
    framed = F.pad(image[None, None], [padding] * 4, mode="constant" if mode == "zeros" else mode)
    if kernel.shape[0] > framed.shape[2] or kernel.shape[1] > framed.shape[3]:
        raise ValueError("kernel larger than the padded image")
    full = (framed.shape[2] - kernel.shape[0] + 1, framed.shape[3] - kernel.shape[1] + 1)
    with _Pool(1) as pool:
        return pool.submit(F.conv2d, framed, kernel[None, None], None, stride).result()[0, 0]
