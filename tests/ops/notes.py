"""What the list of the ops says beyond what its tests have shown."""

# The ops of which a delegate takes at least some forms.
DELEGATES = {
    "XNNPACK": set(
        """ABS ADD ASSIGN_VARIABLE AVERAGE_POOL_2D BATCH_MATMUL CEIL CONCATENATION CONV_2D COS CUSTOM
        DENSIFY DEPTHWISE_CONV_2D DEPTH_TO_SPACE DIV ELU EXP EXPAND_DIMS FLOOR FULLY_CONNECTED GELU
        HARD_SWISH LEAKY_RELU LOG LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM MUL NEG PAD PRELU
        READ_VARIABLE REDUCE_MAX REDUCE_MIN RELU RELU6 RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR ROUND
        RSQRT SIN SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SQRT SQUARE SQUARED_DIFFERENCE
        STABLEHLO_COMPOSITE STRIDED_SLICE SUB SUM TANH TRANSPOSE TRANSPOSE_CONV VAR_HANDLE""".split()
    ),
    "GPU": set(
        """ABS ADD ADD_N ATAN2 AVERAGE_POOL_2D BATCH_MATMUL BITCAST CAST CEIL CONCATENATION CONV_2D COS
        CUMSUM DENSIFY DEPTHWISE_CONV_2D DEPTH_TO_SPACE DEQUANTIZE DIV DYNAMIC_UPDATE_SLICE ELU
        EMBEDDING_LOOKUP EQUAL EXP FLOOR FLOOR_DIV FLOOR_MOD FULLY_CONNECTED GATHER GELU GREATER
        GREATER_EQUAL HARD_SWISH LEAKY_RELU LESS LESS_EQUAL LOG LOGICAL_AND LOGICAL_NOT LOGICAL_OR
        LOGISTIC LSTM MAXIMUM MAX_POOL_2D MEAN MINIMUM MIRROR_PAD MUL NEG NOT_EQUAL ONE_HOT PACK PAD
        PADV2 POW PRELU QUANTIZE REDUCE_ALL REDUCE_ANY REDUCE_MAX REDUCE_MIN REDUCE_PROD RELU RELU6
        RELU_N1_TO_1 RESHAPE RESIZE_BILINEAR RESIZE_NEAREST_NEIGHBOR REVERSE_V2 RIGHT_SHIFT ROUND
        RSQRT SELECT SELECT_V2 SIGN SIN SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SPLIT_V SQRT SQUARE
        SQUARED_DIFFERENCE STABLEHLO_BROADCAST_IN_DIM STABLEHLO_CBRT STABLEHLO_CLAMP
        STABLEHLO_REMAINDER STABLEHLO_SHIFT_LEFT STRIDED_SLICE SUB SUM TANH TILE TOPK_V2 TRANSPOSE
        TRANSPOSE_CONV""".split()
    ),
    "CoreML": set(
        """ADD AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D FULLY_CONNECTED HARD_SWISH
        LOGISTIC MAX_POOL_2D MEAN MIRROR_PAD MUL PAD PADV2 RELU RELU6 RELU_N1_TO_1 RESHAPE
        RESIZE_BILINEAR SOFTMAX TANH TRANSPOSE_CONV""".split()
    ),
    "Hexagon": set(
        """ADD ARG_MAX ARG_MIN AVERAGE_POOL_2D CONCATENATION CONV_2D DEPTHWISE_CONV_2D DEPTH_TO_SPACE
        FULLY_CONNECTED HARD_SWISH L2_NORMALIZATION LOGISTIC MAXIMUM MAX_POOL_2D MEAN MINIMUM
        MIRROR_PAD MUL NEG PACK PAD QUANTIZE RELU RELU6 RESHAPE RESIZE_BILINEAR
        RESIZE_NEAREST_NEIGHBOR RSQRT SLICE SOFTMAX SPACE_TO_DEPTH SPLIT SQUARED_DIFFERENCE
        STRIDED_SLICE SUB TANH TRANSPOSE TRANSPOSE_CONV""".split()
    ),
}


def _each(names, note):
    return dict.fromkeys(names.split(), note)


# Of ops that no case can stand for alone.
NOTES = {
    **_each("Const", "a constant"),
    **_each("Placeholder PlaceholderV2", "an input"),
    **_each("NoOp Assert Print PrintV2", "left out"),
    **_each(
        """Identity IdentityN LossyIdentity GuaranteeConst XlaOptimizationBarrier XlaSetBound XlaSharding
        XlaSpmdFullToShardShape XlaSpmdShardToFullShape""",
        "its operands",
    ),
    **_each(
        """BatchCholesky BatchFFT BatchFFT2D BatchFFT3D BatchIFFT BatchIFFT2D BatchIFFT3D
        BatchMatrixBandPart BatchMatrixDeterminant BatchMatrixDiag BatchMatrixDiagPart BatchMatrixInverse
        BatchMatrixSetDiag BatchMatrixSolve BatchMatrixTriangularSolve""",
        "an older name of the op without Batch",
    ),
    **_each("AccumulateNV2", "as AddN"),
    **_each("BatchNormWithGlobalNormalization", "as FusedBatchNorm"),
    **_each("TopK", "as TopKV2"),
    **_each("RngReadAndSkip", "READ_VARIABLE, and ASSIGN_VARIABLE of a counter that has moved on"),
    **_each("StatelessRandomGetAlg", "1, which stands for Philox"),
    **_each("XlaReplicaId", "0: one device computes all"),
    **_each("PartitionedCall StatefulPartitionedCall", "what the function contains"),
    **_each("While StatelessWhile", "WHILE"),
    **_each("If StatelessIf", "IF, or the branch that a known condition takes"),
    **_each("Case StatelessCase", "nested IF, or the branch that a known index takes"),
    **_each("Merge RefMerge RefSwitch Switch _SwitchN", "IF, nested where there are many branches"),
    **_each(
        """Enter Exit LoopCond NextIteration RefEnter RefExit RefNextIteration""",
        "WHILE, which all nodes of the loop's frame become together",
    ),
    **_each("RefIdentity", "its operands"),
    **_each(
        "Variable VariableV2 VarHandleOp VarIsInitializedOp TemporaryVariable ReadVariableOp",
        "a constant; where something assigns to the variable, VAR_HANDLE and READ_VARIABLE",
    ),
    **_each("IsVariableInitialized", "true"),
    **_each("VariableShape", "a constant, or SHAPE"),
    **_each("ResourceGather ResourceGatherNd", "GATHER or GATHER_ND of the variable's contents"),
    **_each(
        """ApplyGradientDescent Assign AssignAdd AssignAddVariableOp AssignSub AssignSubVariableOp
        AssignVariableOp ResourceApplyGradientDescent""",
        "ASSIGN_VARIABLE of the new contents",
    ),
    **_each(
        """ApplyAdaMax ApplyAdadelta ApplyAdagrad ApplyAdagradDA ApplyAdagradV2 ApplyAdam ApplyAddSign
        ApplyCenteredRMSProp ApplyFtrl ApplyFtrlV2 ApplyMomentum ApplyPowerSign ApplyProximalAdagrad
        ApplyProximalGradientDescent ApplyRMSProp ResourceApplyAdaMax ResourceApplyAdadelta
        ResourceApplyAdagrad ResourceApplyAdagradDA ResourceApplyAdagradV2 ResourceApplyAdam
        ResourceApplyAdamWithAmsgrad ResourceApplyAddSign ResourceApplyCenteredRMSProp
        ResourceApplyFtrl ResourceApplyFtrlV2 ResourceApplyKerasMomentum ResourceApplyMomentum
        ResourceApplyPowerSign ResourceApplyProximalAdagrad ResourceApplyProximalGradientDescent
        ResourceApplyRMSProp""",
        "ASSIGN_VARIABLE of what the optimizer's step makes of each of its variables",
    ),
    **_each(
        """ResourceScatterAdd ResourceScatterDiv ResourceScatterMax ResourceScatterMin
        ResourceScatterMul ResourceScatterNdAdd ResourceScatterNdMax ResourceScatterNdMin
        ResourceScatterNdSub ResourceScatterNdUpdate ResourceScatterSub ResourceScatterUpdate
        ScatterAdd ScatterDiv ScatterMax ScatterMin ScatterMul ScatterNdAdd ScatterNdSub
        ScatterNdUpdate ScatterSub ScatterUpdate""",
        "ASSIGN_VARIABLE of the contents with the updates in them, as the TensorScatter ops compute it",
    ),
    **_each(
        "ResourceStridedSliceAssign StridedSliceAssign",
        "ASSIGN_VARIABLE of the contents with the slice put in by DYNAMIC_UPDATE_SLICE",
    ),
    **_each(
        """HashTable HashTableV2 AnonymousHashTable InitializeTable InitializeTableV2
        InitializeTableFromTextFile InitializeTableFromTextFileV2 LookupTableImport
        LookupTableImportV2""",
        "a table that is filled when the model is loaded, HASHTABLE and HASHTABLE_IMPORT, or constants",
    ),
    **_each(
        "LookupTableFind LookupTableFindV2",
        "HASHTABLE_FIND, or GATHER where the keys are numbers close together",
    ),
    **_each(
        "LookupTableExport LookupTableExportV2 LookupTableSize LookupTableSizeV2",
        "constants: the contents of the table",
    ),
    **_each(
        """AnonymousMutableDenseHashTable AnonymousMutableHashTable AnonymousMutableHashTableOfTensors
        LookupTableInsert LookupTableInsertV2 LookupTableRemoveV2 MutableDenseHashTable
        MutableDenseHashTableV2 MutableHashTable MutableHashTableOfTensors MutableHashTableOfTensorsV2
        MutableHashTableV2""",
        "only where nothing that converts uses it: the runtime's tables cannot change",
    ),
    **_each(
        """EmptyTensorList TensorListConcat TensorListConcatLists TensorListConcatV2
        TensorListElementShape TensorListFromTensor TensorListGather TensorListGetItem TensorListLength
        TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatter
        TensorListScatterIntoExistingList TensorListScatterV2 TensorListSetItem TensorListSplit
        TensorListStack TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3
        TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3 TensorArrayV3 TensorArrayWriteV3""",
        "a list is one tensor: elements are written by DYNAMIC_UPDATE_SLICE and read by GATHER",
    ),
    **_each(
        "Multinomial RandomStandardNormal RandomUniform RandomUniformInt TruncatedNormal",
        "other numbers than TensorFlow's, of the same distribution",
    ),
    **_each(
        "QuantizeAndDequantizeV2 QuantizeAndDequantizeV3 QuantizeAndDequantizeV4",
        "rounding to a grid by arithmetic",
    ),
    **_each("_FusedBatchNormEx", "as FusedBatchNormV3, with the activation"),
}
