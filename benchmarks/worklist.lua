-- The first page of the worklist, as somebody sees it every morning.
-- Arguments: a token.
dofile(os.getenv("ADAPT_BENCH") .. "/report.lua")
function init(args)
  wrk.headers["Authorization"] = "Bearer " .. args[1]
end

function request()
  return wrk.format("GET", "/api/v1/cases")
end
