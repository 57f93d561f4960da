-- What every script tells at its end, in lines that the measurer reads.
function done(summary, latency, requests)
  io.write(string.format("@requests %d\n", summary.requests))
  io.write(string.format("@seconds %.6f\n", summary.duration / 1e6))
  io.write(string.format("@p50 %.3f\n", latency:percentile(50) / 1000))
  io.write(string.format("@p95 %.3f\n", latency:percentile(95) / 1000))
  io.write(string.format("@p99 %.3f\n", latency:percentile(99) / 1000))
  io.write(string.format("@refused %d\n", summary.errors.status + summary.errors.timeout + summary.errors.read))
end
