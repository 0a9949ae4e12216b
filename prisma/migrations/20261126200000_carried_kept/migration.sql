-- What was carried is forgotten after a month: what became of it stands in the custody log.
GRANT DELETE ON app.carried_approval TO holdfast_app;
