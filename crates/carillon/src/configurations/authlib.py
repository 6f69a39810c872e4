# pip install authlib flask requests
from authlib.integrations.flask_client import OAuth
from flask import Flask, session

app = Flask(__name__)
app.secret_key = "32 random bytes of your own, kept secret"
carillon = OAuth(app).register(
    "carillon",
    server_metadata_url="{issuer}/.well-known/openid-configuration",
    client_id="{client_id}",
    {authentication},
    client_kwargs={"scope": "openid profile email", "code_challenge_method": "S256"},
)


@app.get("/login")
def login():
    return carillon.authorize_redirect("{redirect_uri}")


@app.get("{redirect_path}")
def callback():
    session["user"] = carillon.authorize_access_token()["userinfo"]  # sub, license, features, name, email
    return dict(session["user"])
