--- A valid CLIENTID is answered NO, and a refused login names CLIENTID as its cause.
return behaviour {
  name  = "clientid-answers-no",
  point = "fault.clientid",
  cites = "CID-3.1-d CID-5.1-8",
  fault = true,

  clientid = function(session, by)
    session:cid_no()
    session:cid_reveals()
  end,
}
