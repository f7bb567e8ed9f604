# Reference values for intraclass correlation and limits of agreement, from R: mean squares of aov, qf, qt, qchisq, confint of lm.
# Reads the numbers that metrics_more.py wrote, writes packages/evaluation/test/golden/agreement.json.
# Run from the repository root: Rscript tools/oracles/agreement.R
# Recorded with R 4.2.2.
folder <- "packages/evaluation/test/golden"
text <- paste(readLines(file.path(folder, "metrics-more.json")), collapse = "")
text <- sub('.*"regression": ', "", text)
numbers <- function(name) {
  inside <- regmatches(text, regexpr(paste0('"', name, '": \\[[^]]*\\]'), text))
  as.numeric(strsplit(sub("\\]$", "", sub("^[^[]*\\[", "", inside)), ",")[[1]])
}
# Formulas of McGraw and Wong 1996; ratings n x k.
icc <- function(ratings) {
  n <- nrow(ratings); k <- ncol(ratings)
  long <- data.frame(
    v = as.vector(ratings), row = factor(rep(seq_len(n), k)), col = factor(rep(seq_len(k), each = n))
  )
  ms <- summary(aov(v ~ row + col, data = long))[[1]][["Mean Sq"]]
  r <- ms[1]; cc <- ms[2]; e <- ms[3]
  a <- (r - e) / (r + (k - 1) * e + k * (cc - e) / n)
  b <- (r - e) / (r + (k - 1) * e)
  d1 <- n - 1; d2 <- (n - 1) * (k - 1)
  fl <- (r / e) / qf(.975, d1, d2); fu <- (r / e) * qf(.975, d2, d1)
  u <- k * a / (n * (1 - a)); w <- 1 + k * a * (n - 1) / (n * (1 - a))
  v <- (u * cc + w * e)^2 / ((u * cc)^2 / (k - 1) + (w * e)^2 / d2)
  gl <- qf(.975, d1, v); gu <- qf(.975, v, d1)
  noise <- k * cc + (k * n - k - n) * e
  list(
    agreement = c(a, n * (r - gl * e) / (gl * noise + n * r), n * (gu * r - e) / (noise + n * gu * r)),
    consistency = c(b, (fl - 1) / (fl + k - 1), (fu - 1) / (fu + k - 1))
  )
}
y <- numbers("label"); p <- numbers("prediction")
two <- icc(cbind(y, p))
# The worked example of Shrout and Fleiss 1979: 6 patients, 4 raters.
shrout <- icc(matrix(c(9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7), ncol = 4, byrow = TRUE))
d <- p - y; n <- length(d); m <- (p + y) / 2
z <- qnorm(.975); t <- qt(.975, n - 1)
edge <- t * sd(d) * sqrt(1 / n + z^2 / (2 * (n - 1)))
around <- function(v, half) c(v, v - half, v + half)
fit <- lm(d ~ m)
values <- list(
  agreement = two$agreement, consistency = two$consistency,
  shroutAgreement = shrout$agreement, shroutConsistency = shrout$consistency,
  bias = c(mean(d), t.test(d)$conf.int), sd = c(sd(d), sqrt((n - 1) * var(d) / qchisq(c(.975, .025), n - 1))),
  low = around(mean(d) - z * sd(d), edge), high = around(mean(d) + z * sd(d), edge),
  proportionalBias = c(coef(fit)[[2]], confint(fit)[2, ])
)
json <- sapply(names(values), function(name) {
  sprintf('"%s": [%s]', name, paste(sprintf("%.17g", values[[name]]), collapse = ", "))
})
head <- '"source": "R 4.2.2, tools/oracles/agreement.R; each value, low, high"'
writeLines(paste0("{", paste(c(head, json), collapse = ",\n"), "}"), file.path(folder, "agreement.json"))
