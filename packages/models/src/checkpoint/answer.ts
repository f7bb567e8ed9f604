/** Answers in the layouts of torch code: a row a branch, a batch axis in front, classes as whole numbers. */
import { argMax, cast, crossEntropy, sigmoid, softmax, type Tensor, transpose, unsqueeze } from "@nacre/graph";

/** Each value under every name of its key: `{"A attention": a}` is `{A: a, attention: a}`. */
export function aliased(values: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([names, value]) => names.split(" ").map((name) => [name, value])),
  );
}

/** Scores of one choice among k classes [1, k]: logits, probabilities, and the likeliest class [1, 1]. */
export function classAnswers(logits: Tensor): Record<string, Tensor> {
  return aliased({
    "logits scores": logits,
    "Y_prob probabilities prob probs": softmax(logits, 1),
    "Y_hat prediction": unsqueeze(cast(argMax(logits, 1), "float32"), [0]),
  });
}

/** Scores of separate yes-or-no questions. */
export function sigmoidAnswers(logits: Tensor): Record<string, Tensor> {
  return aliased({ "logits scores": logits, "Y_prob probabilities prob probs": sigmoid(logits) });
}

/** Attention [n, b] and its logits as rows of a branch. */
export function attentionAnswers(shares: Tensor, logits: Tensor): Record<string, Tensor> {
  return aliased({
    "A attention attentions att attention_weights": transpose(shares),
    "A_raw attention_raw raw_attention attention_scores attention_logits": transpose(logits),
  });
}

/** Embedding of a bag, a row a branch. */
export function embeddingAnswers(embedding: Tensor): Record<string, Tensor> {
  return aliased({ "M Z embedding embeddings features feature bag_feature bag_features slide_embedding": embedding });
}

/** Cross-entropy of a bag, where there is a label. */
export function bagLoss(logits: Tensor, label: Tensor | null): Tensor | null {
  return label === null ? null : crossEntropy(logits, label);
}
