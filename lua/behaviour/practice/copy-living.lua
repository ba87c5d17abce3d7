--- COPY and MOVE take the living alone and are OK.
return behaviour {
  name  = "copy-living",
  point = "copy.expunged",
  cites = "R3501-6.4.7 MAP-I16",

  COPY = function(msgs, by)
    msgs:copy_living()
    return OK "Copied"
  end,
}
