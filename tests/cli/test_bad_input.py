"""Malformed and hostile input: a message, an exit status, no file, no crash, no hang."""

import random
import threading
import time

import crafted
from harness import DONE, IO, MALFORMED, UNCONVERTIBLE, WRONG_USE
from tensorflow.core.protobuf import saved_model_pb2


def test_missing_folder(bench):
    bench.refuses(bench.convert(bench.folder / "nowhere"), IO, words=["nowhere"])


def test_empty_folder(bench):
    empty = bench.folder / "empty"
    empty.mkdir()
    bench.refuses(bench.convert(empty), MALFORMED, WRONG_USE, words=["saved_model.pb"])


def test_graph_file_cut_anywhere(bench):
    source = bench.saved_model()
    graph = source / "saved_model.pb"
    whole = graph.read_bytes()
    later = random.Random(1).sample(range(1024, len(whole)), min(100, len(whole) - 1024))
    for length in [*range(1024), *later]:
        graph.write_bytes(whole[:length])
        bench.survives(bench.convert(source))


def test_graph_file_with_flipped_bytes(bench):
    source = bench.saved_model()
    graph = source / "saved_model.pb"
    whole = graph.read_bytes()
    chance = random.Random(2)
    for _ in range(200):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        graph.write_bytes(damaged)
        bench.survives(bench.convert(source))


def test_loops_and_branches_of_tensorflow_1_wired_at_random(bench):
    source = bench.folder / "old"
    crafted.save_old_control_flow(source)
    bench.survives(bench.convert(source))
    whole = (source / "saved_model.pb").read_bytes()
    chance = random.Random(3)
    for _ in range(200):
        model = saved_model_pb2.SavedModel.FromString(whole)
        for _ in range(chance.randint(1, 5)):
            rewire(model.meta_graphs[0].graph_def.node, chance)
        (source / "saved_model.pb").write_bytes(model.SerializeToString())
        bench.survives(bench.convert(source))


def rewire(nodes, chance):
    """Changes an edge, an op or a frame of the control flow."""
    ops = ["Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "Identity"]
    flow = [node for node in nodes if node.op in ops]
    node, other = chance.choice(flow), chance.choice(nodes)
    change = chance.randrange(5)
    if change == 0 and node.input:
        node.input[chance.randrange(len(node.input))] = other.name + chance.choice(["", ":1"])
    elif change == 1:
        node.input.append(f"^{other.name}")
    elif change == 2 and node.input:
        del node.input[chance.randrange(len(node.input))]
    elif change == 3:
        node.op = chance.choice(ops)
    elif "frame_name" in node.attr:
        node.attr["frame_name"].s = chance.choice([b"a", b"b"])
        node.attr["is_constant"].b = not node.attr["is_constant"].b


def test_flipped_bit_in_weights_names_the_variable(bench):
    source = bench.saved_model()
    shard = source / "variables/variables.data-00000-of-00001"
    damaged = bytearray(shard.read_bytes())
    start = damaged.find(b"\x00\x00\x80\x3f" * 8)  # the ones of `offset`
    damaged[start] ^= 0x10
    shard.write_bytes(damaged)
    bench.refuses(bench.convert(source), MALFORMED, words=["offset"])


def test_flipped_bits_in_index(bench):
    source = bench.saved_model()
    index = source / "variables/variables.index"
    whole = index.read_bytes()
    for position in range(len(whole)):
        damaged = bytearray(whole)
        damaged[position] ^= 0x40
        index.write_bytes(damaged)
        bench.survives(bench.convert(source))


def test_missing_shard(bench):
    source = bench.saved_model()
    (source / "variables/variables.data-00000-of-00001").unlink()
    bench.refuses(bench.convert(source), MALFORMED, IO, words=["variables.data"])


def test_missing_index(bench):
    source = bench.saved_model()
    (source / "variables/variables.index").unlink()
    bench.refuses(bench.convert(source), MALFORMED, IO, words=["variables"])


def test_shortened_shard(bench):
    source = bench.saved_model()
    shard = source / "variables/variables.data-00000-of-00001"
    shard.write_bytes(shard.read_bytes()[:100])
    bench.refuses(bench.convert(source), MALFORMED, words=["variables.data"])


def test_shard_shortened_while_it_is_read(bench):
    source = bench.saved_model("large")
    shard = source / "variables/variables.data-00000-of-00001"
    whole = shard.read_bytes()
    for delay in (0.002, 0.005, 0.01, 0.02, 0.04):
        shard.write_bytes(whole)

        def shorten(seconds=delay):
            time.sleep(seconds)
            with open(shard, "r+b") as file:
                file.truncate(4096)

        thread = threading.Thread(target=shorten)
        thread.start()
        done = bench.convert(source)
        thread.join()
        bench.survives(done)


def test_unknown_signature_lists_what_exists(bench):
    done = bench.convert(bench.saved_model(), "--signature", "other")
    bench.refuses(done, WRONG_USE, words=["other", "serving_default", "sums"])


def test_unknown_tag_lists_what_exists(bench):
    done = bench.convert(bench.saved_model(), "--tags", "train")
    bench.refuses(done, WRONG_USE, words=["train", "serve"])


def _graph(bench, build, **options):
    source = bench.folder / "crafted"
    crafted.write_graph(source, build, **options)
    return bench.convert(source)


def test_sound_crafted_graph(bench):
    """The hand-written graphs fail for what is wrong with them and for nothing else."""
    bench.writes(_graph(bench, lambda graph: crafted.node(graph, "y", "Relu", ["x"])))


def test_cycle(bench):
    def build(graph):
        crafted.node(graph, "a", "AddV2", ["x", "b"])
        crafted.node(graph, "b", "Relu", ["a"])
        crafted.node(graph, "y", "Relu", ["b"])

    bench.refuses(_graph(bench, build), MALFORMED, UNCONVERTIBLE, words=["cycle"])


def test_input_that_does_not_exist(bench):
    done = _graph(bench, lambda graph: crafted.node(graph, "y", "AddV2", ["x", "ghost"]))
    bench.refuses(done, MALFORMED, words=["ghost"])


def test_output_index_that_does_not_exist(bench):
    done = _graph(bench, lambda graph: crafted.node(graph, "y", "AddV2", ["x", "x:7"]))
    bench.refuses(done, MALFORMED, words=["x"])


def test_function_that_calls_itself(bench):
    def build(graph):
        def body(function):
            crafted.call(function, "again", "f", "a")
            function.ret["r"] = "again:output:0"

        crafted.identity_function(graph, "f", body)
        crafted.call(graph, "y", "f", "x")

    bench.refuses(_graph(bench, build), MALFORMED, UNCONVERTIBLE, words=["f"])


def test_function_that_does_not_exist(bench):
    done = _graph(bench, lambda graph: crafted.call(graph, "y", "ghost", "x"))
    bench.refuses(done, MALFORMED, words=["ghost"])


def test_functions_that_double_at_each_level(bench):
    """2^40 nodes from two kilobytes."""

    def build(graph):
        def leaf(function):
            made = function.node_def.add(name="n", op="Sin", input=["a"])
            made.attr["T"].type = 1
            function.ret["r"] = "n:y:0"

        crafted.identity_function(graph, "f0", leaf)
        for level in range(1, 41):

            def body(function, level=level):
                crafted.call(function, "first", f"f{level - 1}", "a")
                crafted.call(function, "second", f"f{level - 1}", "first:output:0")
                function.ret["r"] = "second:output:0"

            crafted.identity_function(graph, f"f{level}", body)
        crafted.call(graph, "y", "f40", "x")

    bench.refuses(_graph(bench, build), MALFORMED, UNCONVERTIBLE)


def test_deep_chain_of_calls(bench):
    def build(graph):
        def leaf(function):
            function.node_def.add(name="n", op="Sin", input=["a"]).attr["T"].type = 1
            function.ret["r"] = "n:y:0"

        crafted.identity_function(graph, "f0", leaf)
        for level in range(1, 20000):

            def body(function, level=level):
                crafted.call(function, "next", f"f{level - 1}", "a")
                function.ret["r"] = "next:output:0"

            crafted.identity_function(graph, f"f{level}", body)
        crafted.call(graph, "y", "f19999", "x")

    bench.survives(_graph(bench, build))


def test_strange_sizes(bench):
    for sizes in ((1, -7), (1 << 62, 1 << 62), (-(1 << 63), 4), (1 << 31, 1 << 31)):
        source = bench.folder / f"sizes{sizes[0]}"
        crafted.write_graph(source, lambda g: crafted.node(g, "y", "Relu", ["x"]), input_shape=sizes)
        bench.survives(bench.convert(source))


def test_enormous_constant_that_has_no_bytes(bench):
    def build(graph):
        made = crafted.node(graph, "c", "Const", dtype=None)
        made.attr["dtype"].type = 1
        tensor = made.attr["value"].tensor
        tensor.dtype = 1
        tensor.float_val.append(1.0)
        tensor.tensor_shape.dim.add(size=1 << 40)
        crafted.node(graph, "s", "Sin", ["c"])
        crafted.node(graph, "m", "Mean", ["s", "axis"])
        axis = crafted.node(graph, "axis", "Const", dtype=None)
        axis.attr["dtype"].type = 3
        axis.attr["value"].tensor.dtype = 3
        axis.attr["value"].tensor.int_val.append(0)
        axis.attr["value"].tensor.tensor_shape.SetInParent()
        crafted.node(graph, "y", "AddV2", ["x", "m"])

    bench.survives(_graph(bench, build))


def test_disk_full(bench):
    source = bench.saved_model("large")
    for limit in (0, 512, 100_000):
        done = bench.convert(source, limit_bytes=limit)
        bench.refuses(done, IO)


def test_old_output_survives_a_failure(bench):
    source = bench.saved_model("large")
    bench.out.write_bytes(b"\x1c\x00\x00\x00TFL3 old")
    done = bench.convert(source, limit_bytes=4096)
    assert done.status == IO, done.said
    assert bench.out.read_bytes().endswith(b"old"), "the old output is gone"
    assert not bench.left(), f"it left {bench.left()}"


def test_killed_in_the_middle(bench):
    """OUT is absent or whole; the next run removes what was left over."""
    source = bench.saved_model("large")
    whole = bench.writes(bench.convert(source))
    bench.out.unlink()
    for delay in (0.001, 0.003, 0.006, 0.01, 0.02, 0.04, 0.08):
        running = bench.start("convert", source, "-o", bench.out)
        time.sleep(delay)
        running.kill()
        running.wait()
        if bench.out.exists():
            assert bench.out.read_bytes() == whole, "a partial output"
            bench.out.unlink()
    assert bench.writes(bench.convert(source)) == whole


def test_output_that_is_a_folder(bench):
    bench.out.mkdir()
    done = bench.convert(bench.saved_model())
    assert done.status in (WRONG_USE, IO), (done.status, done.said)
    assert bench.out.is_dir() and not list(bench.out.iterdir())


def test_output_that_is_a_device(bench):
    done = bench.run("convert", bench.saved_model(), "-o", "/dev/null")
    assert done.status in (WRONG_USE, IO), (done.status, done.said)


def test_output_in_a_folder_that_does_not_exist(bench):
    done = bench.run("convert", bench.saved_model(), "-o", bench.folder / "no/out.tflite")
    assert done.status in (WRONG_USE, IO), (done.status, done.said)
    assert not (bench.folder / "no").exists()


def test_output_that_is_the_input(bench):
    source = bench.saved_model()
    before = (source / "saved_model.pb").read_bytes()
    for target in (source, source / "saved_model.pb", source / "variables/variables.index"):
        done = bench.run("convert", source, "-o", target, "--force")
        assert done.status in (WRONG_USE, IO), (target, done.status, done.said)
    assert (source / "saved_model.pb").read_bytes() == before


def test_output_that_is_no_tflite_is_kept_without_force(bench):
    bench.out.write_text("precious")
    source = bench.saved_model()
    done = bench.convert(source)
    assert done.status in (WRONG_USE, IO), (done.status, done.said)
    assert bench.out.read_text() == "precious"
    assert bench.convert(source, "--force").status == DONE
    assert bench.out.read_bytes()[4:8] == b"TFL3"
