-- wrk at its full speed, with a target of its own for each request: `-- PREFIX`. Some are under way when it stops.
local prefix
local sent = 0

function init(args)
   prefix = args[1]
end

function request()
   sent = sent + 1
   return wrk.format("GET", prefix .. sent)
end
