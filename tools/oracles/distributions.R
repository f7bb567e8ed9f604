# Values of R's distributions for packages/evaluation/test/golden/distributions.json. Run: Rscript tools/oracles/distributions.R > packages/evaluation/test/golden/distributions.json
num <- function(x) formatC(x, digits = 17, format = "g")
case <- function(name, args, value) sprintf('{"name":"%s","args":[%s],"value":%s}', name, paste(num(args), collapse = ","), num(value))
rows <- c(
  sapply(c(.001, .3, 1, 2.5, 40, 171.2, 1e5), function(x) case("lnGamma", x, lgamma(x))),
  mapply(function(x, a, b) case("incompleteBeta", c(x, a, b), pbeta(x, a, b)), c(.2, .9, .5, .01, .999), c(3, 200, .5, 1, 5000), c(40, 30, .5, 99, 7)),
  mapply(function(x, d) case("chiSquaredTail", c(x, d), pchisq(x, d, lower = FALSE)), c(10.3, 300, .01, 55), c(1, 5, 3, 60)),
  mapply(function(x, d) case("studentTail", c(x, d), pt(x, d, lower = FALSE)), c(2.1, -1, 30), c(7, 3.5, 2)),
  mapply(function(f, a, b) case("fTail", c(f, a, b), pf(f, a, b, lower = FALSE)), c(3.3, .2, 50), c(2, 10, 3), c(17, 4, 99)),
  mapply(function(k, n, p) case("binomialTail", c(k, n, p), pbinom(k - 1, n, p, lower = FALSE)), c(8, 1, 990), c(20, 5, 1000), c(.3, .01, .97)),
  sapply(c(1e-12, .001, .025, .5, .9, .975), function(p) case("normalQuantile", p, qnorm(p))),
  mapply(function(p, a, b) case("betaQuantile", c(p, a, b), qbeta(p, a, b)), c(.025, .975, .5), c(5, 99, 2), c(96, 3, 2)),
  mapply(function(p, d) case("studentQuantile", c(p, d), qt(p, d)), c(.975, .1), c(4.5, 30)),
  mapply(function(p, a, b) case("fQuantile", c(p, a, b), qf(p, a, b)), c(.975, .05), c(19, 4), c(38, 60)),
  mapply(function(k, n) case("clopperLow", c(k, n), binom.test(k, n)$conf.int[1]), c(98, 0, 3), c(100, 12, 7)),
  mapply(function(k, n) case("clopperHigh", c(k, n), binom.test(k, n)$conf.int[2]), c(98, 0, 3), c(100, 12, 7))
)
cat("[\n", paste(rows, collapse = ",\n"), "\n]\n", sep = "")
