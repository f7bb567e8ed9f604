# Reference values for DeLong, calibration and the Wilson interval, from R: pROC, glm, prop.test.
# Reads the fixture that sklearn_metrics.py wrote, writes packages/evaluation/test/golden/proc-delong.json.
# Run from the repository root: Rscript tools/oracles/proc_delong.R
# Recorded with R 4.2.2 and pROC 1.18.0.
suppressMessages(library(pROC))
folder <- "packages/evaluation/test/golden"
text <- paste(readLines(file.path(folder, "sklearn-metrics.json")), collapse = "")
# The first array of that name: the fixture with two classes comes first.
numbers <- function(name) {
  inside <- regmatches(text, regexpr(paste0('"', name, '": \\[[^]]*\\]'), text))
  as.numeric(strsplit(sub("\\]$", "", sub("^[^[]*\\[", "", inside)), ",")[[1]])
}
y <- numbers("label"); p <- numbers("probability"); q <- numbers("other")
a <- roc(y, p, quiet = TRUE, direction = "<"); b <- roc(y, q, quiet = TRUE, direction = "<")
ci.a <- as.numeric(ci.auc(a, method = "delong"))
test <- roc.test(a, b, method = "delong", paired = TRUE)
tight <- glm.control(epsilon = 1e-14, maxit = 100)
x <- log(p / (1 - p))
fit <- glm(y ~ x, family = binomial, control = tight)
large <- glm(y ~ 1, offset = x, family = binomial, control = tight)
# Ten equal bins [0, .1], (.1, .2], ...
bin <- cut(p, seq(0, 1, .1), include.lowest = TRUE)
ece <- sum(abs(tapply(y - p, bin, sum)), na.rm = TRUE) / length(y)
benefit <- function(t) sum(ifelse(p >= t, ifelse(y == 1, 1, -t / (1 - t)), 0)) / length(y)
thresholds <- c(.105, .205, .305, .505)
wilson <- function(hits, n) suppressWarnings(as.numeric(prop.test(hits, n, correct = FALSE)$conf.int))
z <- c(0.5, 1.96, 3.5, 6, 10)
values <- list(
  auroc = as.numeric(auc(a)), variance = var(a, method = "delong"), low = ci.a[1], high = ci.a[3],
  z = as.numeric(test$statistic), p = test$p.value,
  slope = coef(fit)[2], intercept = coef(fit)[1], inTheLarge = coef(large)[1], ece = ece,
  thresholds = thresholds, netBenefit = sapply(thresholds, benefit),
  wilson7of23 = wilson(7, 23), wilson21of21 = wilson(21, 21), wilson0of19 = wilson(0, 19), tailAt = z, tail = pnorm(z, lower.tail = FALSE)
)
json <- sapply(names(values), function(name) {
  v <- sprintf("%.17g", values[[name]])
  sprintf('"%s": %s', name, if (length(v) == 1) v else paste0("[", paste(v, collapse = ", "), "]"))
})
head <- '"source": "R 4.2.2, pROC 1.18.0, tools/oracles/proc_delong.R"'
writeLines(paste0("{", paste(c(head, json), collapse = ",\n"), "}"), file.path(folder, "proc-delong.json"))
