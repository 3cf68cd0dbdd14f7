-- wrk with a target of its own for each request, and as many requests as it is told: `-- PREFIX COUNT`. It ends when the
-- last is answered, so that none is under way then; by itself it would wait for the end of its time.
local prefix, count
local granted, answered = 0, 0

function init(args)
   prefix, count = args[1], tonumber(args[2])
end

-- Asked before each request: milliseconds to wait.
function delay()
   if granted == count then return 1000000000 end
   granted = granted + 1
   return 0
end

local sent = 0
function request()
   sent = sent + 1
   return wrk.format("GET", prefix .. sent)
end

function response()
   answered = answered + 1
   if answered == count then os.exit(0) end
end
