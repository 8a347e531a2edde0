"""The source that a layer gives in Keras and in PyTorch, and what a framework has not."""

import pytest

from derive.errors import InputError
from derive.network.kinds import read_layer

SOURCES = [
    ("conv2d(filters=8, kernel=3, padding=1, activation=relu)", (9, 9, 4),
     ("layers.ZeroPadding2D(1)", "layers.Conv2D(8, 3, activation='relu')"),
     ("nn.Conv2d(4, 8, 3, padding=1)", "nn.ReLU()")),
    ("conv2d(filters=8, kernel=3, stride=2, padding=same)", (8, 8, 4),
     ("layers.Conv2D(8, 3, strides=2, padding='same')",),
     ("nn.ZeroPad2d((0, 1, 0, 1))", "nn.Conv2d(4, 8, 3, stride=2)")),
    ("conv2d(filters=8, kernel=3, stride=2, padding=same)", (9, 9, 4),
     ("layers.Conv2D(8, 3, strides=2, padding='same')",), ("nn.Conv2d(4, 8, 3, stride=2, padding=1)",)),
    ("conv2d(filters=8, kernel=3, padding=((0, 1), 2), activation=leaky_relu)", (9, 9, 4),
     ("layers.ZeroPadding2D(((0, 1), (2, 2)))", "layers.Conv2D(8, 3)", "layers.LeakyReLU(negative_slope=0.01)"),
     ("nn.ZeroPad2d((2, 2, 0, 1))", "nn.Conv2d(4, 8, 3)", "nn.LeakyReLU()")),
    ("max_pool2d(kernel=3, stride=2, padding=same)", (8, 8, 4),
     ("layers.MaxPooling2D(3, strides=2, padding='same')",), ("nn.MaxPool2d(3, stride=2, ceil_mode=True)",)),
    ("max_pool2d(kernel=2, stride=1, padding=same)", (8, 8, 4),
     ("layers.MaxPooling2D(2, strides=1, padding='same')",),
     ("nn.ConstantPad2d((0, 1, 0, 1), float('-inf'))", "nn.MaxPool2d(2, stride=1)")),
    ("conv2d_transpose(filters=8, kernel=3, stride=2, padding=1, output_padding=1)", (8, 8, 4),
     ("layers.Conv2DTranspose(8, 3, strides=2, output_padding=1)", "layers.Cropping2D(1)"),
     ("nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1)",)),
    ("conv2d_transpose(filters=8, kernel=2, stride=3)", (8, 8, 4),
     ("layers.Conv2DTranspose(8, 2, strides=3, output_padding=0)",), ("nn.ConvTranspose2d(4, 8, 2, stride=3)",)),
    ("separable_conv2d(filters=8, kernel=3, padding=same)", (8, 8, 4),
     ("layers.SeparableConv2D(8, 3, padding='same')",),
     ("nn.Conv2d(4, 4, 3, padding='same', groups=4, bias=False)", "nn.Conv2d(4, 8, 1)")),
    ("global_avg_pool2d()", (8, 8, 4),
     ("layers.GlobalAveragePooling2D()",), ("nn.AdaptiveAvgPool2d(1)", "nn.Flatten()")),
    ("reshape(shape=(4, 4, -1))", (8, 8, 4),
     ("layers.Reshape((4, 4, -1))",), ("nn.Flatten()", "nn.Unflatten(1, (16, 4, 4))")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "size", "keras", "torch"), SOURCES, ids=[text for text, *_ in SOURCES])
def test_source(text, size, keras, torch):
    layer = read_layer(text)
    assert (layer.keras(size), layer.torch(size)) == (keras, torch)


@pytest.mark.parametrize(
    ("text", "size", "framework", "says"),
    [
        ("conv2d(filters=4, kernel=3, stride=2, dilation=2)", (9, 9, 4), "keras", "a stride and a dilation both"),
        ("conv2d_transpose(filters=4, kernel=3, groups=2)", (9, 9, 4), "keras", "no conv2d_transpose with groups"),
        ("depthwise_conv2d(kernel=3, stride=(1, 2))", (9, 9, 4), "keras", "strides that differ"),
        ("max_pool2d(kernel=2, dilation=2)", (9, 9, 4), "keras", "no dilation in Keras"),
        ("max_pool2d(kernel=2, ceil=True)", (9, 9, 4), "keras", "stick out"),
        ("upsample1d(mode=linear)", (9, 4), "keras", "Keras has no upsample1d"),
        ("adaptive_max_pool2d(output_size=4)", (10, 9, 4), "keras", "not all alike"),
        ("avg_pool2d(kernel=2, stride=1, padding=same)", (9, 9, 4), "torch", "no module in PyTorch"),
    ],
)
def test_what_a_framework_has_not_is_said(text, size, framework, says):
    with pytest.raises(InputError, match=says):
        getattr(read_layer(text), framework)(size)
