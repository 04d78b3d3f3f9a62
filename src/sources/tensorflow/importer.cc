#include "sources/tensorflow/importer.h"

#include <fmt/format.h>

#include <litecast/error.h>

#include <algorithm>
#include <utility>

#include "ir/dead_nodes.h"
#include "sources/tensorflow/control_flow/structure.h"
#include "sources/tensorflow/cut.h"
#include "sources/tensorflow/initial_state.h"
#include "sources/tensorflow/saved_model.h"
#include "sources/tensorflow/signature.h"
#include "sources/tensorflow/walk.h"

namespace litecast::tensorflow {
namespace {

// An input or output of a signature.
struct NamedValue {
  std::string name;
  std::string tensor;
  ir::Value* value;
};

std::vector<NamedValue> named(std::span<const Cut::Tensor> tensors) {
  std::vector<NamedValue> values;
  for (const Cut::Tensor& tensor : tensors)
    values.push_back({tensor.name.substr(0, tensor.name.rfind(':')), tensor.name, tensor.value});
  return values;
}

// Sizes that the source's signature knows and inference did not find.
void refine(ir::Graph& graph, ir::Value& value, const TensorShape& known) {
  const auto& shape = value.shape();
  if (!value.producer() || !known.known_rank) return;
  ir::DimContext& context = graph.module().dims();
  std::vector<ir::Dim> dims = shape.is_ranked() ? shape.dims() : std::vector<ir::Dim>();
  if (!shape.is_ranked())
    for (std::size_t i = 0; i < known.dims.size(); ++i) dims.push_back(context.fresh("result"));
  if (dims.size() != known.dims.size()) return;
  for (std::size_t i = 0; i < dims.size(); ++i)
    if (!dims[i].is_constant() && known.dims[i] >= 0) dims[i] = known.dims[i];
  ir::Type type = value.type();
  type.shape = ir::Shape(std::move(dims));
  graph.set_type(value, std::move(type));
}

// Those that the graph still needs after it was cut.
std::vector<NamedValue> used(std::vector<NamedValue> inputs) {
  std::erase_if(inputs,
                [](const NamedValue& input) { return !input.value || input.value->is_unused(); });
  return inputs;
}

std::vector<ir::SignatureTensor> signature_tensors(std::span<const NamedValue> values) {
  std::vector<ir::SignatureTensor> tensors;
  for (const NamedValue& value : values)
    tensors.push_back({value.name, static_cast<int>(tensors.size())});
  std::sort(tensors.begin(), tensors.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return tensors;
}

std::vector<ir::Value*> values_of(std::span<const NamedValue> named_values) {
  std::vector<ir::Value*> values;
  for (const NamedValue& named_value : named_values) values.push_back(named_value.value);
  return values;
}

// What is computed from an input that cannot be had is not reported again.
std::vector<Binding> arguments_of(std::span<const NamedValue> inputs) {
  std::vector<Binding> arguments;
  for (const NamedValue& input : inputs)
    arguments.push_back(input.value ? Binding(input.value) : Binding(Poisoned{}));
  return arguments;
}

// An output that is an input, or that came before, keeps that name.
void name_outputs(std::span<const NamedValue> outputs) {
  for (const NamedValue& output : outputs)
    if (output.value->name().empty()) output.value->set_name(output.tensor);
}

bool contains(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Loops are walked several times, those within them as often again.
constexpr std::uint64_t kMaxVisits = 20'000'000;

class Importer {
 public:
  // `assets`: the SavedModel whose folder holds them; null: there is none.
  Importer(const MetaGraph& meta_graph, const VariableValues& values, const SavedModel* assets,
           const ConvertOptions& options, Fallback& fallback, const std::function<void()>& visited)
      : options_(options),
        fallback_(fallback),
        visited_(visited),
        meta_graph_(meta_graph),
        entries_(entry_points(meta_graph_, options)),
        plan_(meta_graph_.library(), bodies()),
        variables_(values, plan_, fallback.state),
        tables_(assets, fallback.state) {
    check_options();
    module_->keeps_origins = options.debug_metadata;
  }

  // Null where more variables and tables turn out to be TensorFlow's to keep.
  std::unique_ptr<ir::Module> run() {
    fill_tables();
    for (const EntryPoint& entry : entries_) add_signature(entry);
    if (fallback_.state.has_grown()) return nullptr;
    diagnostics_.throw_if_any();
    initialise();
    diagnostics_.throw_if_any();
    module_->tensorflow_version = meta_graph_.tensorflow_version;
    return std::move(module_);
  }

 private:
  std::vector<const Body*> bodies() const {
    std::vector<const Body*> bodies;
    for (const EntryPoint& entry : entries_) bodies.push_back(&entry.body);
    return bodies;
  }

  void visit() {
    if (++visits_ > kMaxVisits)
      throw MalformedInput(
          fmt::format("its loops within loops take more than {} steps to walk", kMaxVisits));
    visited_();
  }
  void check_options() const;
  void initialise();
  void fill_tables();
  void add_signature(const EntryPoint& entry);
  std::vector<NamedValue> input_values(ir::Graph& graph, const EntryPoint& entry);
  std::vector<NamedValue> result_values(const EntryPoint& entry, std::vector<Binding> results);

  const ConvertOptions& options_;
  Fallback& fallback_;
  const std::function<void()>& visited_;
  std::uint64_t visits_ = 0;
  const MetaGraph& meta_graph_;
  std::vector<EntryPoint> entries_;
  Plan plan_;
  Body loading_;  // whose nodes variables and tables point at
  VariableStore variables_;
  TableStore tables_;
  Diagnostics diagnostics_;
  std::unique_ptr<ir::Module> module_ = std::make_unique<ir::Module>();
};

void Importer::check_options() const {
  if (entries_.size() > 1 && !(options_.input_arrays.empty() && options_.output_arrays.empty()))
    throw UsageError("a model with several signatures can be cut only when one of them is chosen");
  std::vector<std::string_view> names(options_.input_arrays.begin(), options_.input_arrays.end());
  std::vector<std::string_view> tensors = names;
  for (const EntryPoint& entry : entries_)
    for (const TensorInfo* input : entry.inputs) {
      names.push_back(input->name);
      tensors.push_back(input->tensor);
    }
  for (const InputShape& fixed : options_.input_shapes) {
    if (!contains(names, fixed.input) && !contains(tensors, fixed.input))
      throw UsageError(fmt::format("there is no input '{}' to give a shape; the inputs are: {}",
                                   fixed.input, fmt::join(names, ", ")));
    if (std::ranges::any_of(fixed.sizes, [](std::int64_t size) { return size < -1; }))
      throw UsageError(fmt::format("the shape ({}) given for input '{}' has a negative size",
                                   fmt::join(fixed.sizes, ", "), fixed.input));
  }
}

void Importer::initialise() {
  try {
    add_initial_state(*module_, variables_, tables_);
  } catch (const Unsupported& problem) {
    diagnostics_.add("initial state", "", problem.what(), problem.remedy());
  }
}

// Walks what runs when the model is loaded, in a graph of its own: only what it tells of tables is
// kept.
void Importer::fill_tables() {
  const std::string_view node = parse_tensor_name(meta_graph_.init_op).node;
  const auto makes_table = [](const NodeDef& n) { return n.op().find("HashTable") != n.op().npos; };
  if (node.empty() || std::ranges::none_of(meta_graph_.graph().nodes(), makes_table)) return;
  loading_ = with_structure(meta_graph_.graph().body({}, {}, {&node, 1}), meta_graph_.library());
  const Body* const entries[] = {&loading_};
  Plan plan(meta_graph_.library(), entries);
  ir::Module scratch;
  ir::Builder builder(scratch.add_graph("loading"));
  Diagnostics problems;
  Cut no_cut({}, {});
  const ConvertOptions builtin_only;
  Fallback none(builtin_only);
  Walk walk({meta_graph_.library(), plan, variables_, tables_, none, problems, no_cut,
             [](const NodeDef&, const Cut::Tensor&) { return nullptr; }, [this] { visit(); }, true},
            builder);
  walk.run(loading_, {});
  tables_.loading_problem = problems.first();
}

void Importer::add_signature(const EntryPoint& entry) {
  ir::Graph& graph =
      module_->add_graph(entries_.size() == 1 ? "main" : std::string(entry.signature->key));
  ir::Builder builder(graph);
  Cut cut(options_.input_arrays, options_.output_arrays);
  auto new_input = [&](const NodeDef& producer, const Cut::Tensor& tensor) {
    return add_cut_input(graph, producer, tensor, options_);
  };
  Walk walk({meta_graph_.library(), plan_, variables_, tables_, fallback_, diagnostics_, cut,
             new_input, [this] { visit(); }},
            builder);
  std::vector<NamedValue> inputs = input_values(graph, entry);
  auto results = walk.run(entry.body, arguments_of(inputs));
  std::vector<NamedValue> outputs;
  if (!cut.has_outputs()) {
    outputs = result_values(entry, std::move(results));
  } else if (cut.found_outputs()) {
    // What stands beyond the cut need not be convertible.
    diagnostics_.clear();
    outputs = named(cut.outputs());
  }
  if (!diagnostics_.empty()) return;
  if (!cut.has_outputs())
    for (std::size_t i = 0; i < outputs.size(); ++i)
      refine(graph, *outputs[i].value, entry.outputs[i]->shape);
  cut.require_all_found();
  graph.set_outputs(values_of(outputs));
  if (!cut.empty()) {
    ir::remove_dead_nodes(graph);
    for (NamedValue& input : named(cut.inputs())) inputs.push_back(std::move(input));
    inputs = used(std::move(inputs));
    graph.set_inputs(values_of(inputs));
  }
  name_outputs(outputs);
  module_->signatures.push_back({std::string(entry.signature->key), &graph,
                                 signature_tensors(inputs), signature_tensors(outputs)});
}

std::vector<NamedValue> Importer::input_values(ir::Graph& graph, const EntryPoint& entry) {
  std::vector<NamedValue> inputs;
  for (const TensorInfo* info : entry.inputs) {
    try {
      ir::Value* value = add_input(graph, *info, options_);
      inputs.push_back({std::string(info->name), std::string(info->tensor), value});
    } catch (const Unsupported& problem) {
      diagnostics_.add("Placeholder", info->tensor, problem.what(), problem.remedy());
      inputs.push_back({{}, {}, nullptr});
    }
  }
  return inputs;
}

std::vector<NamedValue> Importer::result_values(const EntryPoint& entry,
                                                std::vector<Binding> results) {
  std::vector<NamedValue> outputs;
  for (std::size_t i = 0; i < results.size(); ++i) {
    const TensorInfo& info = *entry.outputs[i];
    if (auto* value = std::get_if<ir::Value*>(&results[i]))
      outputs.push_back({std::string(info.name), std::string(info.tensor), *value});
    else if (!is_poisoned(results[i]))
      diagnostics_.add(meta_graph_.graph().find(parse_tensor_name(info.tensor).node)->op(),
                       info.tensor,
                       fmt::format("output '{}' of signature '{}' is no tensor", info.name,
                                   entry.signature->key),
                       "export a function that returns tensors");
  }
  return outputs;
}

// A model of variables that come to light one after the other as TensorFlow's to keep is hardly
// worth as many walks.
constexpr int kMaxWalks = 8;

std::unique_ptr<ir::Module> import_meta_graph(const MetaGraph& meta_graph,
                                              const VariableValues& values,
                                              const SavedModel* assets,
                                              const ConvertOptions& options,
                                              const std::function<void()>& visited) {
  Fallback fallback(options);
  for (int walks = 1;; ++walks) {
    fallback.reasons.clear();
    fallback.state.changing_tables.clear();
    if (auto module = Importer(meta_graph, values, assets, options, fallback, visited).run()) {
      for (const Diagnostic& why : fallback.reasons.all())
        module->custom_op_notes.push_back({why.op, why.reason, why.remedy});
      return module;
    }
    if (walks < kMaxWalks) continue;
    fallback.state.add_all();
    fallback.state.add_all_lists();
  }
}

// A GraphDef has no signatures and no tags; where it begins and ends is cut out of it beforehand.
std::unique_ptr<ir::Module> import_graph(Message graph, std::span<const MemoryTensor> variables,
                                         ConvertOptions options,
                                         const std::function<void()>& visited) {
  if (!options.signatures.empty() || !options.tags.empty())
    throw UsageError("a graph without a SavedModel around it has neither signatures nor tags");
  const std::vector<std::string> inputs = std::exchange(options.input_arrays, {});
  const std::vector<std::string> outputs = std::exchange(options.output_arrays, {});
  const MetaGraph meta_graph(graph, inputs, outputs);
  return import_meta_graph(meta_graph, MemoryValues(variables), nullptr, options, visited);
}

}  // namespace

std::unique_ptr<ir::Module> import_saved_model(const std::string& folder,
                                               const ConvertOptions& options,
                                               const std::function<void()>& visited) {
  auto model = SavedModel::open(folder);
  const MetaGraph& meta_graph = model->meta_graph(options.tags);
  const CheckpointValues values(meta_graph, model->variables());
  return import_meta_graph(meta_graph, values, model.get(), options, visited);
}

std::unique_ptr<ir::Module> import_graph_def(const std::string& path, const ConvertOptions& options,
                                             const std::function<void()>& visited) {
  const auto document = Document::read(path);
  return import_graph(Message(*document), {}, options, visited);
}

std::unique_ptr<ir::Module> import_memory_model(const MemoryModel& model,
                                                const ConvertOptions& options,
                                                const std::function<void()>& visited) {
  const std::string_view bytes(reinterpret_cast<const char*>(model.message.data()),
                               model.message.size());
  const auto document = Document::of_view("the model in memory", bytes, model.owner);
  if (model.kind == MemoryModel::Kind::graph_def)
    return import_graph(Message(*document), model.variables, options, visited);
  const auto saved_model = SavedModel::of(document);
  const MetaGraph& meta_graph = saved_model->meta_graph(options.tags);
  return import_meta_graph(meta_graph, MemoryValues(model.variables), nullptr, options, visited);
}

}  // namespace litecast::tensorflow
