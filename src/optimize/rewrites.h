// All local rewrites; each is defined in the file that its name tells.
#pragma once

#include "optimize/rewrite.h"

namespace litecast::optimize {

extern const Rewrite kAbsorbTransposeInBatchMatmul;
extern const Rewrite kAbsorbTransposeInDense;
extern const Rewrite kCenterBeforeScale;
extern const Rewrite kDropReshapeBeforeDense;
extern const Rewrite kFoldDequantize;
extern const Rewrite kFuseActivation;
extern const Rewrite kFuseBias;
extern const Rewrite kFuseDilation;
extern const Rewrite kFuseInputScale;
extern const Rewrite kFusePad;
extern const Rewrite kFuseScale;
extern const Rewrite kJoinPacked;
extern const Rewrite kKeepDimsOfDense;
extern const Rewrite kPushTransposeThroughConcatenation;
extern const Rewrite kPushTransposeThroughElementwise;
extern const Rewrite kPushTransposeThroughPad;
extern const Rewrite kPushTransposeThroughReduction;
extern const Rewrite kRecognizeGelu;
extern const Rewrite kRecognizeHardSwish;
extern const Rewrite kRecognizeL2Normalization;
extern const Rewrite kRecognizePrelu;
extern const Rewrite kRecognizeRelu;
extern const Rewrite kRecognizeReluFromMinimum;
extern const Rewrite kRecognizeSoftmax;
extern const Rewrite kShortenMish;
extern const Rewrite kSimplifyAdd;
extern const Rewrite kSimplifyCast;
extern const Rewrite kSimplifyDiv;
extern const Rewrite kSimplifyLogic;
extern const Rewrite kSimplifyMul;
extern const Rewrite kSimplifyPow;
extern const Rewrite kSimplifyReshape;
extern const Rewrite kSimplifySub;
extern const Rewrite kSimplifyTranspose;
extern const Rewrite kSinkBias;
extern const Rewrite kSinkReshape;
extern const Rewrite kStackRows;

}  // namespace litecast::optimize
