"""Architectures that everybody knows, as lists of our layers with the size of their input, (layers, input)."""


def lenet5():
    """As the usual course form has it: all maps of C3 see all maps of S2, and the poolings learn nothing."""
    conv = "conv2d(filters={}, kernel=5)"
    pool = ["tanh", "avg_pool2d(kernel=2)"]
    dense = ["dense(units=120)", "tanh", "dense(units=84)", "tanh", "dense(units=10)"]
    return [conv.format(6), *pool, conv.format(16), *pool, "flatten", *dense], (32, 32, 1)


def alexnet():
    """One tower, as in torchvision."""
    pool = "max_pool2d(kernel=3, stride=2)"
    net = ["conv2d(filters=64, kernel=11, stride=4, padding=2)", "relu", pool]
    net += ["conv2d(filters=192, kernel=5, padding=2)", "relu", pool]
    for filters in (384, 256, 256):
        net += [f"conv2d(filters={filters}, kernel=3, padding=1)", "relu"]
    net += [pool, "flatten"]
    for _ in range(2):
        net += ["dropout(rate=0.5)", "dense(units=4096)", "relu"]
    return [*net, "dense(units=1000)"], (224, 224, 3)


def vgg16():
    """Configuration D."""
    net = []
    for filters, times in ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)):
        net += [f"conv2d(filters={filters}, kernel=3, padding=1)", "relu"] * times
        net.append("max_pool2d(kernel=2)")
    net.append("flatten")
    for _ in range(2):
        net += ["dense(units=4096)", "relu", "dropout(rate=0.5)"]
    return [*net, "dense(units=1000)"], (224, 224, 3)


def resnet(blocks, bottleneck):
    """Four stages of residual blocks; the first block of a stage halves the sides, but not in the first stage."""
    stem = "conv2d(filters=64, kernel=7, stride=2, padding=3, bias=False)"
    net = [stem, "batch_norm", "relu", "max_pool2d(kernel=3, stride=2, padding=1)"]
    channels = 64
    for stage, times in enumerate(blocks):
        width = 64 * 2**stage
        outs = 4 * width if bottleneck else width
        for position in range(times):
            stride = 2 if stage and not position else 1
            net.append(_block(width, outs, stride, bottleneck, stride != 1 or channels != outs))
            channels = outs
    return [*net, "avg_pool2d(kernel=7)", "flatten", "dense(units=1000)"], (224, 224, 3)


def _block(width, outs, stride, bottleneck, projects):
    kernels = [(width, 1, 1), (width, 3, stride), (outs, 1, 1)] if bottleneck else [(width, 3, stride), (width, 3, 1)]
    inner = ", relu(), ".join(f"{_conv(*kernel)}, batch_norm()" for kernel in kernels)
    shortcut = f", shortcut=[{_conv(outs, 1, stride)}, batch_norm()]" if projects else ""
    return f"residual({inner}{shortcut}, activation=relu)"


def _conv(filters, kernel, stride):
    return f"conv2d(filters={filters}, kernel={kernel}, stride={stride}, padding={kernel // 2}, bias=False)"


def resnet18():
    return resnet((2, 2, 2, 2), bottleneck=False)


def resnet50():
    return resnet((3, 4, 6, 3), bottleneck=True)


def resnet152():
    return resnet((3, 8, 36, 3), bottleneck=True)


def transformer(blocks=96, width=768, heads=12, length=128):
    """A stack of encoder blocks, each with a dense layer four times as wide."""
    return [f"stack(transformer_encoder(heads={heads}, feed_forward={4 * width}), times={blocks})"], (length, width)
