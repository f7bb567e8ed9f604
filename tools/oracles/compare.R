# Reference values for comparison, shift and power, from R: p.adjust, binom.test, ks.test, pROC's power.roc.test, pchisq.
# Writes packages/evaluation/test/golden/compare-r.json. Run from the repository root: Rscript tools/oracles/compare.R
# Recorded with R 4.2.2, pROC 1.18.0, seed 31.
suppressMessages({ library(pROC); library(jsonlite) })
set.seed(31)
p <- c(.01, .04, .03, .005, .04, .8, .012, 1)
a <- round(rnorm(23), 3); b <- round(rnorm(31, .6), 3)
tied <- list(a = sample(1:5, 20, TRUE), b = sample(2:6, 25, TRUE))
large <- list(a = round(rnorm(300), 4), b = round(rnorm(400, .1), 4))
ks <- function(x, y, exact) { t <- suppressWarnings(ks.test(x, y, exact = exact)); list(a = x, b = y, distance = unname(t$statistic), p = t$p.value) }
# Groups of sizes, and Cochran's Q by hand from values and errors.
value <- c(.8, .7, .9); error <- c(.05, .04, .06)
w <- 1 / error^2; mean <- sum(w * value) / sum(w); q <- sum(w * (value - mean)^2)
sizes <- list(
  list(auroc = .8, power = .8), list(auroc = .7, power = .9), list(auroc = .65, power = .8)
)
power <- lapply(sizes, function(s) {
  # Equal classes, two-sided level 0.05.
  fit <- power.roc.test(auc = s$auroc, power = s$power, sig.level = .05, kappa = 1, alternative = "two.sided")
  list(auroc = s$auroc, power = s$power, cases = fit$ncases)
})
values <- list(
  source = "R 4.2.2, pROC 1.18.0, tools/oracles/compare.R, seed 31",
  p = p, holm = p.adjust(p, "holm"), bh = p.adjust(p, "BH"),
  mcnemar = list(list(12, 3, binom.test(12, 15)$p.value), list(1, 0, 1), list(40, 22, binom.test(40, 62)$p.value)),
  ksExact = ks(a, b, TRUE), ksTied = ks(tied$a, tied$b, TRUE), ksLarge = ks(large$a, large$b, FALSE),
  cochran = list(value = value, error = error, q = q, p = pchisq(q, 2, lower.tail = FALSE)),
  power = power
)
writeLines(toJSON(values, auto_unbox = TRUE, digits = NA), "packages/evaluation/test/golden/compare-r.json")
